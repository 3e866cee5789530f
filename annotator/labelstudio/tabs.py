"""The tabs of a project in the Data Manager: the order in which to work, and what to look at again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from label_studio_sdk import LabelStudio

__all__ = ["LINTED", "show_first", "show_linted"]

LINTED = "To look at"
_FIRST = "Least sure first"
_HIDDEN = {
    "explore": [
        "tasks:inner_id",
        "tasks:annotations_results",
        "tasks:annotations_ids",
        "tasks:predictions_results",
        "tasks:file_upload",
        "tasks:storage_filename",
        "tasks:data.text",
        "tasks:data.text_sha256",
        "tasks:data.speakers",
    ],
    "labeling": ["tasks:data.text", "tasks:data.text_sha256", "tasks:data.speakers"],
}


def show_first(client: LabelStudio, project: int) -> None:
    """Make the tab of a new project.

    Without one, a story that is opened by its address can come up without its prediction.
    """
    if not client.views.list(project=project):
        client.views.create(project=project, data=_tab(_FIRST, [], ["tasks:predictions_score"]))


def show_linted(client: LabelStudio, project: int, annotations: Iterable[int]) -> None:
    """Let the tab "To look at" show the tasks of these annotations; it is made when there first are some.

    It is known by its title. What a person changed of it other than the filter stays, as do other tabs.
    """
    numbers = " ".join(map(str, annotations))
    # The list that people type into this filter: "12 15 18".
    filters = [
        {
            "filter": "filter:tasks:annotations_ids",
            "operator": "contains",
            "type": "String",
            "value": numbers or "0",  # nothing to look at: no annotation has this number
        }
    ]
    views = client.views.list(project=project)
    ours = next((view for view in views if _data(view).get("title") == LINTED), None)
    if ours is None and numbers:
        if not views:
            show_first(client, project)
        client.views.create(project=project, data=_tab(LINTED, filters, []))
    elif ours is not None:
        wanted = {"conjunction": "and", "items": filters}
        if _data(ours).get("filters") != wanted:
            client.views.update(str(ours.id), project=project, data={**_data(ours), "filters": wanted})


def _tab(title: str, filters: list[dict[str, Any]], ordering: list[str]) -> Any:  # noqa: ANN401 - the SDK's own type
    return {
        "title": title,
        "type": "list",
        "target": "tasks",
        "filters": {"conjunction": "and", "items": filters},
        "ordering": ordering,
        "hiddenColumns": _HIDDEN,
    }


def _data(view: Any) -> Any:  # noqa: ANN401
    data = view.data
    return data if isinstance(data, dict) else data.dict()
