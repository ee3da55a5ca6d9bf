using Berth.Api.Schema;

namespace Berth.Api.Resource.V1;

public sealed partial record OpaqueDeviceConfiguration
{
    [Field(1, Always = true, Required = true)]
    public string Driver { get; init; } = "";

    [Field(2, Always = true, Required = true)]
    public RawJson? Parameters { get; init; }
}
