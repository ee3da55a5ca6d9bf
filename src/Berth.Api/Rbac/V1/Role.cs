using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Rbac.V1;

/// <summary>Rights in one namespace.</summary>
[Kind("rbac.authorization.k8s.io", "v1", "Role")]
[Resource("roles", "role")]
public sealed partial record Role
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The rights.</summary>
    [Field(2, Always = true)]
    public ApiList<PolicyRule> Rules { get; init; } = [];
}
