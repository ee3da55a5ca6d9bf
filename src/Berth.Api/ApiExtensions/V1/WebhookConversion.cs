using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

public sealed partial record WebhookConversion
{
    [Field(2)]
    public WebhookClientConfig? ClientConfig { get; init; }

    [Field(3, Always = true, Required = true)]
    public ApiList<string> ConversionReviewVersions { get; init; } = [];
}
