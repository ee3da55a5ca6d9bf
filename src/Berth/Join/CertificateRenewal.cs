using System.Net;
using System.Security.Cryptography.X509Certificates;
using Berth.Client;
using Berth.Instance;
using Microsoft.Extensions.Logging;

namespace Berth.Join;

/// <summary>
/// Renews an agent's certificates while less than a third of their life remains. The old ones go on being used until then;
/// what fails is told and tried again, from time to time until the last minute.
/// </summary>
internal sealed partial class CertificateRenewal(NodePapers papers, CertificateAsk ask, IReadOnlyList<IPAddress> addresses, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan s_lookMax = TimeSpan.FromHours(1);
    private static readonly TimeSpan s_lookMin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(30);

    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            // Machines may be asleep over a timer's end: a look every hour finds out.
            var next = Shorter(LeftOf(papers.Client), LeftOf(papers.Serving));
            await Task.Delay(next < s_lookMin ? s_lookMin : Shorter(next, s_lookMax), time, ct);
            try
            {
                if (LeftOf(papers.Client) <= TimeSpan.Zero)
                {
                    papers.KeepClient(await ask.ClientAsync(ct));
                    LogRenewed(log, "client", papers.Client!.NotAfter);
                }

                if (LeftOf(papers.Serving) <= TimeSpan.Zero)
                {
                    papers.KeepServing(await ask.ServingAsync(addresses, ct));
                    LogRenewed(log, "serving", papers.Serving!.NotAfter);
                }
            }
            catch (Exception e) when (!ct.IsCancellationRequested && e is ApiException or HttpRequestException or IOException or UserErrorException or OperationCanceledException)
            {
                LogFailed(log, e.Message, papers.Client?.NotAfter ?? default);
                await Task.Delay(s_retry, time, ct);
            }
        }
    }

    /// <summary>Whether it serves no more.</summary>
    public static bool IsOver(X509Certificate2 certificate, TimeProvider time) => certificate.NotAfter.ToUniversalTime() <= time.GetUtcNow().UtcDateTime;

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    // Until it is due.
    private TimeSpan LeftOf(X509Certificate2? certificate)
    {
        if (certificate is null)
            return s_lookMax;
        var (from, to) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        return to - ((to - from) / 3) - time.GetUtcNow().UtcDateTime;
    }

    [LoggerMessage(9101, LogLevel.Information, "The agent's {Which} certificate was renewed; it is good until {End}")]
    private static partial void LogRenewed(ILogger log, string which, DateTime end);

    [LoggerMessage(9102, LogLevel.Warning, "The agent's certificates could not be renewed, trying again: {Problem}. The client's ends at {End}")]
    private static partial void LogFailed(ILogger log, string problem, DateTime end);
}
