using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

public sealed partial record ValidatingWebhook
{
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    [Field(2, Required = true)]
    public WebhookClientConfig ClientConfig { get; init; } = WebhookClientConfig.Empty;

    [Field(3)]
    public ApiList<RuleWithOperations> Rules { get; init; } = [];

    [Field(4)]
    public string? FailurePolicy { get; init; }

    [Field(5)]
    public LabelSelector? NamespaceSelector { get; init; }

    [Field(6, Always = true, Required = true)]
    public string? SideEffects { get; init; }

    [Field(7)]
    public int? TimeoutSeconds { get; init; }

    [Field(8, Always = true, Required = true)]
    public ApiList<string> AdmissionReviewVersions { get; init; } = [];

    [Field(9)]
    public string? MatchPolicy { get; init; }

    [Field(10)]
    public LabelSelector? ObjectSelector { get; init; }

    [Field(11), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<MatchCondition> MatchConditions { get; init; } = [];
}
