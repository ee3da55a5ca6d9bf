using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Where the value of a variable comes from. Exactly one.</summary>
public sealed partial record EnvVarSource
{
    /// <summary>
    /// A field of the pod: metadata.name, metadata.namespace, metadata.uid, metadata.labels['KEY'], metadata.annotations['KEY'],
    /// spec.nodeName, spec.serviceAccountName, status.hostIP, status.hostIPs, status.podIP or status.podIPs.
    /// </summary>
    [Field(1)]
    public ObjectFieldSelector? FieldRef { get; init; }

    /// <summary>A request or limit of one of the pod's containers, of CPU, memory, ephemeral storage or huge pages.</summary>
    [Field(2)]
    public ResourceFieldSelector? ResourceFieldRef { get; init; }

    /// <summary>A key of a ConfigMap.</summary>
    [Field(3)]
    public ConfigMapKeySelector? ConfigMapKeyRef { get; init; }

    /// <summary>A key of a Secret.</summary>
    [Field(4)]
    public SecretKeySelector? SecretKeyRef { get; init; }

    /// <summary>A variable of a file in an emptyDir, written by an init container.</summary>
    [Field(5)]
    public FileKeySelector? FileKeyRef { get; init; }
}
