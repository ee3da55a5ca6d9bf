using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>One source of files. Exactly one is set.</summary>
public sealed partial record VolumeProjection
{
    /// <summary>Keys of a Secret.</summary>
    [Field(1)]
    public SecretProjection? Secret { get; init; }

    /// <summary>Facts about the pod.</summary>
    [Field(2)]
    public DownwardAPIProjection? DownwardAPI { get; init; }

    /// <summary>Keys of a ConfigMap.</summary>
    [Field(3)]
    public ConfigMapProjection? ConfigMap { get; init; }

    /// <summary>A token of the pod's ServiceAccount.</summary>
    [Field(4)]
    public ServiceAccountTokenProjection? ServiceAccountToken { get; init; }

    /// <summary>Trusted certificates.</summary>
    [Field(5)]
    public ClusterTrustBundleProjection? ClusterTrustBundle { get; init; }

    /// <summary>A key and certificate for the pod.</summary>
    [Field(6)]
    public PodCertificateProjection? PodCertificate { get; init; }
}
