using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Rbac.V1;

/// <summary>Rights in the whole cluster, or in the namespaces in which a RoleBinding refers to it.</summary>
[Kind("rbac.authorization.k8s.io", "v1", "ClusterRole")]
[Resource("clusterroles", "clusterrole", Namespaced = false)]
public sealed partial record ClusterRole
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>The rights. Set by the server where there is an aggregationRule.</summary>
    [Field(2, Always = true)]
    public ApiList<PolicyRule> Rules { get; init; } = [];

    /// <summary>Roles whose rights it has.</summary>
    [Field(3)]
    public AggregationRule? AggregationRule { get; init; }
}
