using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Rbac.V1;

/// <summary>Gives the rights of a ClusterRole in the whole cluster.</summary>
[Kind("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding")]
[Resource("clusterrolebindings", "clusterrolebinding", Namespaced = false)]
public sealed partial record ClusterRoleBinding
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>Who gets them.</summary>
    [Field(2)]
    public ApiList<Subject> Subjects { get; init; } = [];

    /// <summary>The role. It cannot change.</summary>
    [Field(3, Required = true)]
    public RoleRef RoleRef { get; init; } = RoleRef.Empty;
}
