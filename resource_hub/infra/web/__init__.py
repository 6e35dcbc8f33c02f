"""How a request comes in and a reply goes out: doors, errors, headers, forms, assets.

Deny by default: a route answers only when it is declared with ``requires`` or ``public``.
"""
