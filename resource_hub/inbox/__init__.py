"""Inbox: what waits for a person, and what they should know.

Words: a ``Delivery`` 投递 tells one person one thing about one Ref; its kind is declared by the
feature that brings it (``Feature.notices``). A task waits until it is settled, any other notice
is over once it was seen. States: open, then done. What is not urgent shows in the next of two
digests a day, so that nobody is disturbed between lessons or at night. Doors: ``/inbox`` and
``/api/v1/inbox``. Rule: a thing is resolved through its card when it is shown, never before.
"""
