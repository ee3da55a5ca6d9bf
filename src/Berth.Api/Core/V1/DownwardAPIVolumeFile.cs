using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A file that holds a fact about the pod.</summary>
public sealed partial record DownwardAPIVolumeFile
{
    /// <summary>Path of the file in the volume, without .. in it.</summary>
    [Field(1, Always = true, Required = true)]
    public string Path { get; init; } = "";

    /// <summary>A field of the pod: metadata.name, .namespace, .uid, .labels or .annotations, or one key as metadata.labels['KEY'].</summary>
    [Field(2)]
    public ObjectFieldSelector? FieldRef { get; init; }

    /// <summary>A request or limit of one of the pod's containers.</summary>
    [Field(3)]
    public ResourceFieldSelector? ResourceFieldRef { get; init; }

    /// <summary>Mode of the file, from 0 to 0777; absent: defaultMode of the volume.</summary>
    [Field(4)]
    public int? Mode { get; init; }
}
