using Berth.Client;
using Berth.Client.Events;
using Berth.Client.Informers;
using Microsoft.Extensions.Logging;

namespace Berth.Controllers;

/// <summary>What every controller is given.</summary>
/// <param name="Events">Makes the recorder of a component; the context's owner disposes it.</param>
public sealed record ControllerContext(
    IClusterClient Client,
    InformerFactory Informers,
    TimeProvider Time,
    ILoggerFactory Logs,
    Func<string, EventRecorder> Events);
