using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>One variable of a file with lines of NAME=VALUE.</summary>
[Atomic]
public sealed partial record FileKeySelector
{
    /// <summary>Volume that holds the file; an emptyDir.</summary>
    [Field(1, Always = true, Required = true)]
    public string VolumeName { get; init; } = "";

    /// <summary>Path of the file in the volume, without .. in it.</summary>
    [Field(2, Always = true, Required = true)]
    public string Path { get; init; } = "";

    /// <summary>Name of the variable, at most 128 characters.</summary>
    [Field(3, Always = true, Required = true)]
    public string Key { get; init; } = "";

    /// <summary>True: the container starts also where file or variable are missing. Default: false.</summary>
    [Field(4), Default("false")]
    public bool? Optional { get; init; }
}
