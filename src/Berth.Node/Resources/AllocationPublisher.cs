using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Berth.Client;
using Berth.Resources.Allocation;
using Microsoft.Extensions.Logging;
using ApiNode = Berth.Api.Core.V1.Node;

namespace Berth.Node.Resources;

/// <summary>
/// Tells the scheduler in the Node's annotations what the machine is made of, and what its pods hold by the agent's own
/// books. Owned by one loop; a failed write is tried again.
/// </summary>
public sealed partial class AllocationPublisher
{
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(2);

    private readonly NodeAllocations _allocations;
    private readonly IClusterClient _client;
    private readonly string _nodeName;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Channel<bool> _changed = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public AllocationPublisher(NodeAllocations allocations, IClusterClient client, string nodeName, TimeProvider time, ILogger log)
    {
        _allocations = allocations;
        _client = client;
        _nodeName = nodeName;
        _time = time;
        _log = log;
        allocations.Changed += () => _changed.Writer.TryWrite(true);
        _changed.Writer.TryWrite(true);
    }

    public async Task RunAsync(CancellationToken ct)
    {
        if (!_allocations.IsActive)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, ct);
            return;
        }

        (string? Topology, string? Held)? written = null;
        while (true)
        {
            await _changed.Reader.ReadAsync(ct);
            var shape = _allocations.Shape;
            (string? Topology, string? Held) now = shape.Policy.IsExact ? (NodeShapeJson.Write(shape), AllocationJson.WriteAll(_allocations.Held)) : (null, null);
            if (written == now)
                continue;
            try
            {
                await _client.PatchAsync<ApiNode>(null, _nodeName, Patch.Merge(Annotations(now.Topology, now.Held)), ct: ct);
                written = now;
            }
            catch (Exception error) when (!ct.IsCancellationRequested && error is ApiException or HttpRequestException or IOException)
            {
                LogFailed(_log, error.Message);
                await Task.Delay(s_retry, _time, ct);
                _changed.Writer.TryWrite(true);
            }
        }
    }

    // Null takes an annotation away: this node was static before and is not any more.
    private static string Annotations(string? topology, string? held)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("metadata");
            writer.WriteStartObject("annotations");
            writer.WriteString(AllocationAnnotations.Topology, topology);
            writer.WriteString(AllocationAnnotations.Held, held);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    [LoggerMessage(5408, LogLevel.Warning, "The node's allocations could not be told, trying again: {Problem}")]
    private static partial void LogFailed(ILogger log, string problem);
}
