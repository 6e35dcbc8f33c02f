"""Verbs on people: persons and their leaving, roles, accounts, sessions, terminals, rosters.

Services check rights when ``by`` is a viewer; ``by=None`` is the installation itself (seed,
command line). They run inside the caller's unit and never hash a password there.
"""

from resource_hub.people.passwords import hash_of as hash_password
from resource_hub.people.passwords import made_password
from resource_hub.people.service.accounts import (
    change_password,
    close_account,
    end_lock,
    reopen_account,
    reset_password,
    set_preferences,
)
from resource_hub.people.service.persons import NewPerson, add_person, leave, set_up
from resource_hub.people.service.roles import end_role, grant_role
from resource_hub.people.service.rosters import apply_roster, check_roster, keep_roster
from resource_hub.people.service.sessions import (
    AccountClosed,
    AccountLocked,
    Client,
    MustChangePassword,
    NotRegistered,
    OpenedSession,
    WrongPassword,
    enter,
    enter_by_sign_on,
    note_wrong_password,
    open_session,
    revoke_session,
    sign_out,
    touch,
)
from resource_hub.people.service.terminals import bind_terminal, release_terminal

__all__ = [
    "AccountClosed",
    "AccountLocked",
    "Client",
    "MustChangePassword",
    "NewPerson",
    "NotRegistered",
    "OpenedSession",
    "WrongPassword",
    "add_person",
    "apply_roster",
    "bind_terminal",
    "change_password",
    "check_roster",
    "close_account",
    "end_lock",
    "end_role",
    "enter",
    "enter_by_sign_on",
    "grant_role",
    "hash_password",
    "keep_roster",
    "leave",
    "made_password",
    "note_wrong_password",
    "open_session",
    "release_terminal",
    "reopen_account",
    "reset_password",
    "revoke_session",
    "set_preferences",
    "set_up",
    "sign_out",
    "touch",
]
