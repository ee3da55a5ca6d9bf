using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>Requests that a policy is for.</summary>
[Atomic]
public sealed partial record MatchResources
{
    /// <summary>Labels of the object's namespace. Default: all.</summary>
    [Field(1)]
    public LabelSelector? NamespaceSelector { get; init; }

    /// <summary>Labels of the object, old or new. Default: all.</summary>
    [Field(2)]
    public LabelSelector? ObjectSelector { get; init; }

    /// <summary>Resources and operations; one rule must match.</summary>
    [Field(3)]
    public ApiList<NamedRuleWithOperations> ResourceRules { get; init; } = [];

    /// <summary>Resources and operations that are left out.</summary>
    [Field(4)]
    public ApiList<NamedRuleWithOperations> ExcludeResourceRules { get; init; } = [];

    /// <summary>
    /// Exact takes rules as they stand; Equivalent also catches requests for the same objects in other versions. Default: Equivalent.
    /// </summary>
    [Field(7)]
    public string? MatchPolicy { get; init; }
}
