using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

/// <summary>Settings in the form of a driver.</summary>
public sealed partial record OpaqueDeviceConfiguration
{
    /// <summary>Name of the driver.</summary>
    [Field(1, Always = true, Required = true)]
    public string Driver { get; init; } = "";

    /// <summary>The settings; 10 KiB at most.</summary>
    [Field(2, Always = true, Required = true)]
    public RawJson? Parameters { get; init; }
}
