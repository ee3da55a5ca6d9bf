using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Berth.Client.Metadata;
using Microsoft.Extensions.Logging;

namespace Berth.Controllers;

/// <summary>What every controller is given.</summary>
/// <param name="Events">Makes the recorder of a component; the context's owner disposes it.</param>
public sealed record ControllerContext(
    IClusterClient Client,
    InformerFactory Informers,
    TimeProvider Time,
    ILoggerFactory Logs,
    Func<string, EventRecorder> Events)
{
    /// <summary>For the controllers that deal with objects of every kind.</summary>
    public required MetadataClient Metadata { get; init; }

    /// <summary>PEM of the authorities that pods trust the API server by.</summary>
    public required string RootCertificates { get; init; }
}
