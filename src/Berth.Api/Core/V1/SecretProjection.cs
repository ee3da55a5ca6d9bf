using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>Keys of a Secret as files of a projected volume.</summary>
public sealed partial record SecretProjection
{
    /// <summary>Name of the Secret, in the namespace of the pod.</summary>
    [Field(1, In = [1])]
    public string Name { get; init; } = "";

    /// <summary>Keys to show, each at a path; absent: all keys, each as a file of its name.</summary>
    [Field(2)]
    public ApiList<KeyToPath> Items { get; init; } = [];

    /// <summary>True: the volume is there also where the Secret or a key of items is missing.</summary>
    [Field(4)]
    public bool? Optional { get; init; }
}
