using System.Runtime.CompilerServices;
using Berth.Node.Cri;
using Berth.Node.Images;
using Berth.Node.Runtime.Events;

namespace Berth.Node.Runtime;

/// <summary>
/// What happens to containers, as containerd (any version) tells it on its own socket: an end is known within milliseconds
/// and without asking every second. An event is only a hint to look; a consumer must also look at each <see cref="ContainerEventKind.Resync"/>.
/// </summary>
/// <remarks>For other runtimes use <see cref="IRuntimeService.GetContainerEventsAsync"/>, or poll.</remarks>
public static class ContainerdEvents
{
    private const string Subscribe = "/containerd.services.events.v1.Events/Subscribe";

    private static readonly TimeSpan _retryFirst = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _retryMax = TimeSpan.FromSeconds(5);

    /// <summary>Never ends by itself: it subscribes again after containerd was away, with a growing pause between attempts.</summary>
    /// <exception cref="GrpcException">The socket is not containerd's (Unimplemented).</exception>
    public static async IAsyncEnumerable<ContainerEvent> WatchAsync(
        string socketPath, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var channel = new GrpcChannel(socketPath, time);
        var retry = _retryFirst;
        while (true)
        {
            // Subscribed before the consumer looks: nothing falls between the two.
            await using var events = channel
                .ServerStreamAsync(Subscribe, new SubscribeRequest { Filters = { $"namespace=={ImageImporter.Namespace},topic~=\"^/tasks/\"" } }, Envelope.Parser, cancellation)
                .GetAsyncEnumerator(cancellation);
            var next = events.MoveNextAsync().AsTask();
            yield return new ContainerEvent(ContainerEventKind.Resync, "");
            while (await TryAsync(next))
            {
                retry = _retryFirst;
                if (Translate(events.Current) is { } translated) yield return translated;
                next = events.MoveNextAsync().AsTask();
            }

            await Task.Delay(retry, time, cancellation);
            retry = retry * 2 < _retryMax ? retry * 2 : _retryMax;
        }
    }

    private static async Task<bool> TryAsync(Task<bool> next)
    {
        try
        {
            return await next;
        }
        catch (GrpcException error) when (error.Code is GrpcStatusCode.Unavailable or GrpcStatusCode.Cancelled or GrpcStatusCode.Unknown)
        {
            return false; // containerd ended or restarts; whoever runs it reports that
        }
    }

    private static ContainerEvent? Translate(Envelope envelope)
    {
        switch (envelope.Topic)
        {
            case "/tasks/exit":
                var exit = TaskExit.Parser.ParseFrom(envelope.Event.Value);
                return exit.Id == exit.ContainerId ? new ContainerEvent(ContainerEventKind.Exited, exit.ContainerId) : null;
            case "/tasks/start":
                return Of(ContainerEventKind.Started, envelope);
            case "/tasks/delete":
                return Of(ContainerEventKind.Deleted, envelope);
            case "/tasks/oom":
                return Of(ContainerEventKind.OutOfMemory, envelope);
            default:
                return null;
        }
    }

    private static ContainerEvent Of(ContainerEventKind kind, Envelope envelope) =>
        new(kind, TaskEvent.Parser.ParseFrom(envelope.Event.Value).ContainerId);
}
