using Berth.Api.Schema;

namespace Berth.Api.Rbac.V1;

/// <summary>A role.</summary>
[Atomic]
public sealed partial record RoleRef
{
    /// <summary>rbac.authorization.k8s.io.</summary>
    [Field(1, Always = true)]
    public string ApiGroup { get; init; } = "";

    /// <summary>Role or ClusterRole.</summary>
    [Field(2, Always = true, Required = true)]
    public string Kind { get; init; } = "";

    /// <summary>Its name.</summary>
    [Field(3, Always = true, Required = true)]
    public string Name { get; init; } = "";
}
