using Berth.Api.Schema;

namespace Berth.Api.Rbac.V1;

/// <summary>Who gets rights.</summary>
[Atomic]
public sealed partial record Subject
{
    /// <summary>User, Group or ServiceAccount.</summary>
    [Field(1, Always = true, Required = true)]
    public string Kind { get; init; } = "";

    /// <summary>"" for ServiceAccount, rbac.authorization.k8s.io for the others, which is their default.</summary>
    [Field(2)]
    public string ApiGroup { get; init; } = "";

    /// <summary>Name.</summary>
    [Field(3, Always = true, Required = true)]
    public string Name { get; init; } = "";

    /// <summary>Namespace of a ServiceAccount; not for the others.</summary>
    [Field(4)]
    public string Namespace { get; init; } = "";
}
