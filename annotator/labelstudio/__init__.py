"""Label Studio as the correction tool: annotations in as predictions, what people submitted out.

The scheme stands in `data/label_config.xml`. Both sides count Unicode code points: offsets are not converted.
"""

from annotator.labelstudio.accounts import Account, accounts, add_account, invite
from annotator.labelstudio.config import label_config, schemas
from annotator.labelstudio.live import serve
from annotator.labelstudio.pull import PullReport, pull
from annotator.labelstudio.push import PushReport, push
from annotator.labelstudio.rebuild import from_result
from annotator.labelstudio.tasks import check_result, model_version, to_task

__all__ = [
    "Account",
    "PullReport",
    "PushReport",
    "accounts",
    "add_account",
    "check_result",
    "from_result",
    "invite",
    "label_config",
    "model_version",
    "pull",
    "push",
    "schemas",
    "serve",
    "to_task",
]
