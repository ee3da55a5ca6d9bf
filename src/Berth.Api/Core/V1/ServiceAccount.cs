using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

[Kind("", "v1", "ServiceAccount")]
[Resource("serviceaccounts", "serviceaccount", ShortNames = "sa", Subresources = "token=authentication.k8s.io/v1/TokenRequest:create")]
public sealed partial record ServiceAccount
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    [Field(2), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<ObjectReference> Secrets { get; init; } = [];

    [Field(3)]
    public ApiList<LocalObjectReference> ImagePullSecrets { get; init; } = [];

    [Field(4)]
    public bool? AutomountServiceAccountToken { get; init; }
}
