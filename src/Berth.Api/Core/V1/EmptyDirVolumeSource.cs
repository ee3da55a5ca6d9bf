using Berth.Api.Schema;

namespace Berth.Api.Core.V1;

public sealed partial record EmptyDirVolumeSource
{
    [Field(1)]
    public string Medium { get; init; } = "";

    [Field(2)]
    public Quantity? SizeLimit { get; init; }
}
