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
    end_sign_on,
    reopen_account,
    reset_password,
    reset_unused_passwords,
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
    OtherSignOn,
    WrongPassword,
    enter,
    enter_by_platform,
    enter_by_sign_on,
    open_session,
    revoke_session,
    sign_out,
    touch,
)
from resource_hub.people.service.terminals import TerminalCode, add_terminal, enter_terminal, release_terminal, renew_code

__all__ = [
    "AccountClosed",
    "AccountLocked",
    "Client",
    "MustChangePassword",
    "NewPerson",
    "NotRegistered",
    "OpenedSession",
    "OtherSignOn",
    "TerminalCode",
    "WrongPassword",
    "add_person",
    "add_terminal",
    "apply_roster",
    "change_password",
    "check_roster",
    "close_account",
    "end_lock",
    "end_role",
    "end_sign_on",
    "enter",
    "enter_by_platform",
    "enter_by_sign_on",
    "enter_terminal",
    "grant_role",
    "hash_password",
    "keep_roster",
    "leave",
    "made_password",
    "open_session",
    "release_terminal",
    "renew_code",
    "reopen_account",
    "reset_password",
    "reset_unused_passwords",
    "revoke_session",
    "set_preferences",
    "set_up",
    "sign_out",
    "touch",
]
