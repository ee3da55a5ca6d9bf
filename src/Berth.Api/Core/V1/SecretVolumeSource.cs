using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Keys of a Secret as files, in memory. They follow changes of the Secret in the running pod, save those mounted by subPath.</summary>
public sealed partial record SecretVolumeSource
{
    /// <summary>Name of the Secret, in the namespace of the pod.</summary>
    [Field(1)]
    public string SecretName { get; init; } = "";

    /// <summary>Keys to show, each at a path; absent: all keys, each as a file of its name.</summary>
    [Field(2)]
    public ApiList<KeyToPath> Items { get; init; } = [];

    /// <summary>Mode of the files, from 0 to 0777; 420 is 0644. Default: 0644.</summary>
    [Field(3)]
    public int? DefaultMode { get; init; }

    /// <summary>True: the volume is there also where the Secret or a key of items is missing.</summary>
    [Field(4)]
    public bool? Optional { get; init; }
}
