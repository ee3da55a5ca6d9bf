using Microsoft.Extensions.Logging;

namespace Berth.Up;

internal static partial class RuntimeLog
{
    [LoggerMessage(1001, LogLevel.Information, "{Line}")]
    public static partial void Said(ILogger log, string line);

    [LoggerMessage(1002, LogLevel.Warning, "{Warning}")]
    public static partial void Warned(ILogger log, string warning);

    [LoggerMessage(1003, LogLevel.Critical, "A component ended unexpectedly; berth stops")]
    public static partial void Ended(ILogger log, Exception e);
}
