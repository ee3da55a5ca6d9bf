using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>An identity for programs in pods.</summary>
[Kind("", "v1", "ServiceAccount")]
[Resource("serviceaccounts", "serviceaccount", ShortNames = "sa", Subresources = "token=authentication.k8s.io/v1/TokenRequest:create")]
public sealed partial record ServiceAccount
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>
    /// Secrets that pods of the account may use, where the annotation kubernetes.io/enforce-mountable-secrets is true. Not needed for tokens.
    /// </summary>
    [Field(2), ListMap("name"), PatchStrategy("merge", "name")]
    public ApiList<ObjectReference> Secrets { get; init; } = [];

    /// <summary>Secrets with logins for registries, given to pods of the account that name none.</summary>
    [Field(3)]
    public ApiList<LocalObjectReference> ImagePullSecrets { get; init; } = [];

    /// <summary>False mounts no token in the account's pods; a pod can say otherwise.</summary>
    [Field(4)]
    public bool? AutomountServiceAccountToken { get; init; }
}
