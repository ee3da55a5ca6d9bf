using Berth.Api.Schema;

namespace Berth.Api.ApiRegistration.V1;

public sealed partial record APIServiceSpec
{
    [Field(1)]
    public ServiceReference? Service { get; init; }

    [Field(2)]
    public string Group { get; init; } = "";

    [Field(3)]
    public string Version { get; init; } = "";

    [Field(4)]
    public bool InsecureSkipTLSVerify { get; init; }

    [Field(5)]
    public ByteString? CaBundle { get; init; }

    [Field(7, Always = true, Required = true)]
    public int GroupPriorityMinimum { get; init; }

    [Field(8, Always = true, Required = true)]
    public int VersionPriority { get; init; }
}
