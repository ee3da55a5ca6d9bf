using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Rbac.V1;

[Kind("rbac.authorization.k8s.io", "v1", "RoleBinding")]
[Resource("rolebindings", "rolebinding")]
public sealed partial record RoleBinding
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2)]
    public ApiList<Subject> Subjects { get; init; } = [];

    [Field(3, Required = true)]
    public RoleRef RoleRef { get; init; } = RoleRef.Empty;
}
