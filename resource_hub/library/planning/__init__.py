"""What is done with a structured plan (教学设计) once it is data: kept, shown, merged, read from and written to files.

``lesson_plan`` says what a plan is; the modules here turn it into something else and back. All are
pure but for their files: none asks the database or knows who is asking.
"""
