using System.Net;
using System.Net.Http.Headers;

namespace Berth.ApiServer.Audit;

/// <summary>Sends events in batches, as an <c>audit.k8s.io/v1</c> EventList, to a server that somebody runs for them.</summary>
internal sealed class AuditWebhookOutput(AuditWebhook target, TimeProvider time) : IAuditOutput
{
    public const string OutputName = "webhook";

    // Kubernetes' own.
    private const int EventsMax = 400;
    private const int AttemptsMax = 5;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    public string Name => OutputName;

    public int BatchMax => EventsMax;

    public TimeSpan Linger => TimeSpan.FromSeconds(1);

    public async Task WriteAsync(IReadOnlyList<byte[]> events, CancellationToken cancellation)
    {
        var body = Body(events);
        var pause = TimeSpan.FromSeconds(1);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await PostAsync(body, cancellation).ConfigureAwait(false);
                return;
            }
            catch (HttpRequestException e) when (attempt < AttemptsMax && (e.StatusCode is null or HttpStatusCode.TooManyRequests || (int)e.StatusCode >= 500))
            {
                await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
                pause *= 2;
            }
        }
    }

    public void Dispose()
    {
        // The transport is not ours.
    }

    private static byte[] Body(IReadOnlyList<byte[]> events)
    {
        using var body = new MemoryStream(events.Sum(e => e.Length) + 128);
        body.Write("{\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\",\"metadata\":{},\"items\":["u8);
        for (var i = 0; i < events.Count; i++)
        {
            if (i > 0)
                body.WriteByte((byte)',');
            body.Write(events[i]);
        }

        body.Write("]}"u8);
        return body.ToArray();
    }

    private async Task PostAsync(byte[] body, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(s_timeout);
        using var request = new HttpRequestMessage(HttpMethod.Post, target.Address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        try
        {
            using var response = await target.Transport.SendAsync(request, limit.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw new HttpRequestException($"the webhook answered {(int)response.StatusCode}", null, response.StatusCode);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new HttpRequestException($"the webhook did not answer within {s_timeout.TotalSeconds} s");
        }
    }
}
