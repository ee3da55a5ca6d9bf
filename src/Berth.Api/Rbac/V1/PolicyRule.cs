using Berth.Api.Schema;

namespace Berth.Api.Rbac.V1;

/// <summary>Rights: what may be done with which resources, or with which paths.</summary>
public sealed partial record PolicyRule
{
    /// <summary>What may be done, such as get or create; * for all.</summary>
    [Field(1, Always = true, Required = true)]
    public ApiList<string> Verbs { get; init; } = [];

    /// <summary>API groups; "" for the core group, * for all.</summary>
    [Field(2)]
    public ApiList<string> ApiGroups { get; init; } = [];

    /// <summary>Resources, as pods, pods/log or */scale; * for all.</summary>
    [Field(3)]
    public ApiList<string> Resources { get; init; } = [];

    /// <summary>Names of the objects; empty for all. It does not limit create and deletecollection.</summary>
    [Field(4)]
    public ApiList<string> ResourceNames { get; init; } = [];

    /// <summary>Paths that are no resources; a * at the end stands for the rest. In ClusterRoles alone.</summary>
    [Field(5)]
    public ApiList<string> NonResourceURLs { get; init; } = [];
}
