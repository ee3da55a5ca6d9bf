using Berth.Api.Schema;

namespace Berth.Api.AdmissionRegistration.V1;

/// <summary>Resources and operations, perhaps of objects by name.</summary>
[Atomic]
public sealed partial record NamedRuleWithOperations
{
    /// <summary>Names of the objects. Absent: all.</summary>
    [Field(1)]
    public ApiList<string> ResourceNames { get; init; } = [];

    /// <summary>CREATE, UPDATE, DELETE, CONNECT or *.</summary>
    [Field(1, In = [2])]
    public ApiList<string> Operations { get; init; } = [];

    /// <summary>API groups; * for all.</summary>
    [Field(1, In = [2, 2])]
    public ApiList<string> ApiGroups { get; init; } = [];

    /// <summary>Versions; * for all.</summary>
    [Field(2, In = [2, 2])]
    public ApiList<string> ApiVersions { get; init; } = [];

    /// <summary>Resources, as pods, pods/log, pods/* or */scale; * for all without subresources, */* for all.</summary>
    [Field(3, In = [2, 2])]
    public ApiList<string> Resources { get; init; } = [];

    /// <summary>Cluster, Namespaced or *. Default: *.</summary>
    [Field(4, In = [2, 2])]
    public string? Scope { get; init; }
}
