"""Label Studio as the correction tool: annotations in as predictions, what people submitted out.

The scheme stands in `data/label_config.xml`. Both sides count Unicode code points: offsets are not converted.
"""

from annotator.labelstudio.accounts import Account, accounts, add_account, invite
from annotator.labelstudio.adjudication import AdjudicateReport, adjudicate
from annotator.labelstudio.config import label_config, schemas
from annotator.labelstudio.live import serve
from annotator.labelstudio.pull import PullReport, pull
from annotator.labelstudio.push import PushReport, push
from annotator.labelstudio.rebuild import from_result
from annotator.labelstudio.sharing import ShareReport, share
from annotator.labelstudio.tasks import check_result, model_version, to_task
from annotator.labelstudio.verdicts import DecisionsReport, pull_decisions

__all__ = [
    "Account",
    "AdjudicateReport",
    "DecisionsReport",
    "PullReport",
    "PushReport",
    "ShareReport",
    "accounts",
    "add_account",
    "adjudicate",
    "check_result",
    "from_result",
    "invite",
    "label_config",
    "model_version",
    "pull",
    "pull_decisions",
    "push",
    "schemas",
    "serve",
    "share",
    "to_task",
]
