class UserError(Exception):
    """What a user can put right; the message is one sentence that says where and how."""
