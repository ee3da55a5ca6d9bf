using Berth.Api.Schema;

namespace Berth.Api.ApiExtensions.V1;

/// <summary>Where a webhook is. Exactly one of url and service.</summary>
public sealed partial record WebhookClientConfig
{
    /// <summary>The Service that it is behind.</summary>
    [Field(1)]
    public ServiceReference? Service { get; init; }

    /// <summary>Authorities that its certificate is checked against, as PEM. Absent: those of the system.</summary>
    [Field(2)]
    public ByteString? CaBundle { get; init; }

    /// <summary>Its address, https://HOST:PORT/PATH, without user, query and fragment.</summary>
    [Field(3)]
    public string? Url { get; init; }
}
