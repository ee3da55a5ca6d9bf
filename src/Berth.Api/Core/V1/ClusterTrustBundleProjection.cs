using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>
/// A file of trusted certificates, from one ClusterTrustBundle by name or from those of a signer by labels. Kept up to date in the running
/// pod.
/// </summary>
public sealed partial record ClusterTrustBundleProjection
{
    /// <summary>The one ClusterTrustBundle to take; not together with signerName and labelSelector.</summary>
    [Field(1)]
    public string? Name { get; init; }

    /// <summary>Takes the ClusterTrustBundles of this signer, all certificates in one file without repeats.</summary>
    [Field(2)]
    public string? SignerName { get; init; }

    /// <summary>Of the signer's bundles those that it chooses. Absent chooses none, empty all.</summary>
    [Field(3)]
    public LabelSelector? LabelSelector { get; init; }

    /// <summary>File in the volume, without .. in its path.</summary>
    [Field(4, Always = true, Required = true)]
    public string Path { get; init; } = "";

    /// <summary>True: the pod starts also where no bundle is found, with an empty file. Default: false.</summary>
    [Field(5)]
    public bool? Optional { get; init; }
}
