using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

public sealed partial record WebhookClientConfig
{
    [Field(1)]
    public ServiceReference? Service { get; init; }

    [Field(2)]
    public ByteString? CaBundle { get; init; }

    [Field(3)]
    public string? Url { get; init; }
}
