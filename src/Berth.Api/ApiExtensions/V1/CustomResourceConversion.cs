using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

public sealed partial record CustomResourceConversion
{
    [Field(1, Always = true, Required = true)]
    public string Strategy { get; init; } = "";

    [Field(2)]
    public WebhookConversion? Webhook { get; init; }
}
