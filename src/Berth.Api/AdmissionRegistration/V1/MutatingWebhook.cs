using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>A web service that may change objects on their way in.</summary>
public sealed partial record MutatingWebhook
{
    /// <summary>Its name, with a domain, such as check.example.com; unique in the configuration.</summary>
    [Field(1, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Where it is.</summary>
    [Field(2, Required = true)]
    public WebhookClientConfig ClientConfig { get; init; } = WebhookClientConfig.Empty;

    /// <summary>Requests that it is asked about; one must match. It is never asked about the objects that configure admission.</summary>
    [Field(3)]
    public ApiList<RuleWithOperations> Rules { get; init; } = [];

    /// <summary>What an error of the service means: Fail refuses the request, Ignore goes on without. Default: Fail.</summary>
    [Field(4)]
    public string? FailurePolicy { get; init; }

    /// <summary>Labels of the object's namespace. Default: all.</summary>
    [Field(5)]
    public LabelSelector? NamespaceSelector { get; init; }

    /// <summary>None or NoneOnDryRun: whether asking changes anything elsewhere.</summary>
    [Field(6, Always = true, Required = true)]
    public string? SideEffects { get; init; }

    /// <summary>Seconds to wait for an answer, from 1 to 30. Default: 10.</summary>
    [Field(7)]
    public int? TimeoutSeconds { get; init; }

    /// <summary>Versions of AdmissionReview that it understands, the preferred one first; v1 or v1beta1 must be among them.</summary>
    [Field(8, Always = true, Required = true)]
    public ApiList<string> AdmissionReviewVersions { get; init; } = [];

    /// <summary>
    /// Exact takes rules as they stand; Equivalent also catches requests for the same objects in other versions. Default: Equivalent.
    /// </summary>
    [Field(9)]
    public string? MatchPolicy { get; init; }

    /// <summary>IfNeeded asks once more when others have changed the object since; Never does not. Default: Never.</summary>
    [Field(10)]
    public string? ReinvocationPolicy { get; init; }

    /// <summary>Labels of the object, old or new. Default: all. Users can set labels and so avoid it.</summary>
    [Field(11)]
    public LabelSelector? ObjectSelector { get; init; }

    /// <summary>Conditions that all must hold; 64 at most.</summary>
    [Field(12), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<MatchCondition> MatchConditions { get; init; } = [];
}
