"""Which HTTP status an error of the library becomes."""

import loyaltykit as lk


def status_of(error: lk.LoyaltyError) -> int:
    """Return the HTTP status for an error: the family decides, the few exceptions stand first."""
    match error:
        case lk.errors.UnknownMemberError() | lk.errors.UnknownTransactionError() | lk.NotEnrolledError():
            return 404
        case lk.InvalidValueError():
            return 422
        case lk.RefusedError() | lk.ConflictError():
            return 409
        case lk.OutcomeUnknownError():
            return 503  # the client sends the same id again
        case _:
            return 500
