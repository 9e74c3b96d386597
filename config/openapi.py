"""What drf-spectacular is told of the API's document: its words, the names of its lists of choices, no file from outside."""

SPECTACULAR_SETTINGS = {
    "TITLE": "督查督办 API",
    "DESCRIPTION": "部门办公系统对接接口：查询本部门承办的事项，签收、报告进展、申请办结。"
    "出错时一律返回 application/problem+json（RFC 9457），程序请依据其中的 code 判断。",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "DISABLE_DOCSTRING_DESCRIPTIONS": True,
    "ENUM_NAME_OVERRIDES": {
        "CadenceEnum": "tracker.models.Measure.Cadence",
        "StatusEnum": "tracker.api.schema.STATUS",
        "VerbEnum": "tracker.api.schema.VERB",
        "ActionEnum": "tracker.api.schema.ACTION",
        "DepartmentKindEnum": "tracker.models.Department.Kind",
        "ReportKindEnum": "tracker.models.ProgressReport.Kind",
        "CheckpointKindEnum": "tracker.api.schema.CHECKPOINT_KIND",
        "NodeKindEnum": "tracker.api.schema.NODE_KIND",
        "ScorePartEnum": "tracker.api.schema.SCORE_PART",
        "ScoreRoleEnum": "tracker.api.schema.SCORE_ROLE",
        "DaySourceEnum": "tracker.api.schema.DAY_SOURCE",
        "ImportanceEnum": "tracker.models.Measure.Importance",
        "NodeImportanceEnum": "tracker.api.schema.NODE_IMPORTANCE",
        "ReportStateEnum": "tracker.models.ProgressReport.State",
        "RequestStateEnum": "tracker.models.RequestState",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "tracker.api.schema.finish_document",
    ],
    # Nothing is loaded from outside: Swagger's files come from the sidecar, its online validator stays off.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
}
