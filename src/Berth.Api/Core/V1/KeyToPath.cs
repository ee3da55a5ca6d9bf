using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

/// <summary>A key and the file in which it is shown.</summary>
public sealed partial record KeyToPath
{
    /// <summary>The key.</summary>
    [Field(1, Always = true, Required = true)]
    public string Key { get; init; } = "";

    /// <summary>Path of the file in the volume; relative, without .. in it.</summary>
    [Field(2, Always = true, Required = true)]
    public string Path { get; init; } = "";

    /// <summary>Mode of the file, from 0 to 0777; absent: defaultMode of the volume.</summary>
    [Field(3)]
    public int? Mode { get; init; }
}
