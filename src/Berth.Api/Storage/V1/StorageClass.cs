using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Berth.Api.Schema;

namespace Berth.Api.Storage.V1;

/// <summary>
/// A way of making volumes that claims can ask for. The annotation storageclass.kubernetes.io/is-default-class makes it the default.
/// </summary>
[Kind("storage.k8s.io", "v1", "StorageClass")]
[Resource("storageclasses", "storageclass", Namespaced = false, ShortNames = "sc")]
public sealed partial record StorageClass
{
    [Field(1)]
    public ObjectMeta Metadata { get; init; } = ObjectMeta.Empty;

    /// <summary>Who makes the volumes. It cannot change.</summary>
    [Field(2, Always = true, Required = true)]
    public string Provisioner { get; init; } = "";

    /// <summary>Words for who makes them. They cannot change.</summary>
    [Field(3)]
    public ApiMap<string> Parameters { get; init; } = [];

    /// <summary>What happens to a volume when its claim goes: Delete or Retain. It cannot change. Default: Delete.</summary>
    [Field(4)]
    public string? ReclaimPolicy { get; init; }

    /// <summary>Options of mount for the volumes; not checked beforehand.</summary>
    [Field(5)]
    public ApiList<string> MountOptions { get; init; } = [];

    /// <summary>True lets claims grow. Default: false.</summary>
    [Field(6)]
    public bool? AllowVolumeExpansion { get; init; }

    /// <summary>
    /// Immediate makes volumes at once; WaitForFirstConsumer when a pod is placed, so that it can be near. It cannot change. Default:
    /// Immediate.
    /// </summary>
    [Field(7)]
    public string? VolumeBindingMode { get; init; }

    /// <summary>Places in which volumes may be made; empty: all.</summary>
    [Field(8)]
    public ApiList<TopologySelectorTerm> AllowedTopologies { get; init; } = [];
}
