using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Berth.Api;
using Berth.Api.Core.V1;
using Berth.Api.Meta.V1;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Client.Events;

/// <summary>
/// Writes Events about objects. Telling one never blocks and never fails: events are for people, and may be dropped
/// when more are made than can be written. The same event told again raises its count instead of making a new one. Events
/// wait a moment before they are written: what they tell of, such as the start of a pod, is not to wait for the words.
/// </summary>
public sealed partial class EventRecorder : IAsyncDisposable
{
    // Events waiting to be written. Past this the newest is dropped: a storm of events must not hold memory.
    private const int BacklogMax = 1000;

    // So many are written at once, and no longer kept waiting.
    private const int BacklogHurry = 100;

    // Series remembered for counting; the oldest are forgotten first. As many as client-go keeps.
    private const int SeriesMax = 4096;

    // The API refuses longer ones.
    private const int MessageMax = 1024;

    // Longer than a pod with a local image takes to run.
    private static readonly TimeSpan s_linger = TimeSpan.FromMilliseconds(250);

    private readonly IClusterClient _client;
    private readonly string _component;
    private readonly string _host;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Channel<Event> _backlog = Channel.CreateBounded<Event>(new BoundedChannelOptions(BacklogMax) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Recent<Series> _series = new(SeriesMax);
    private readonly EventCorrelator _correlator = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _writer;
    private volatile TaskCompletionSource _hurry = NewSignal();

    /// <param name="component">Who reports, such as <c>kubelet</c>.</param>
    /// <param name="host">Node it reports from; null for components of the control plane.</param>
    public EventRecorder(IClusterClient client, string component, string? host = null, TimeProvider? time = null, ILogger? log = null)
    {
        _client = client;
        _component = component;
        _host = host ?? "";
        _time = time ?? TimeProvider.System;
        _log = log ?? NullLogger.Instance;
        _writer = WriteAsync(_stop.Token);
    }

    /// <param name="type"><c>Normal</c> or <c>Warning</c>.</param>
    /// <param name="reason">Short, in CamelCase, for machines.</param>
    /// <param name="message">For people.</param>
    /// <param name="fieldPath">Part of the object that is meant, such as <c>spec.containers{web}</c>.</param>
    public void Event(IApiObject about, string type, string reason, string message, string fieldPath = "")
    {
        var reference = new ObjectReference
        {
            Kind = about.KindInfo.Kind,
            ApiVersion = about.KindInfo.ApiVersion,
            Namespace = about.Metadata.Namespace,
            Name = about.Metadata.Name,
            Uid = about.Metadata.Uid,
            ResourceVersion = about.Metadata.ResourceVersion,
            FieldPath = fieldPath,
        };
        Event(reference, type, reason, message);
    }

    /// <inheritdoc cref="Event(IApiObject, string, string, string, string)"/>
    public void Event(ObjectReference about, string type, string reason, string message)
    {
        var now = _time.GetUtcNow();
        var value = new Event
        {
            Metadata = new ObjectMeta
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"{NamePrefix(about.Name)}.{now.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks:x}{Random.Shared.Next(0x1000):x3}"),
                Namespace = about.Namespace.Length > 0 ? about.Namespace : "default",
            },
            InvolvedObject = about,
            Type = type,
            Reason = reason,
            Message = message.Length <= MessageMax ? message : message[..(MessageMax - 3)] + "...",
            Source = new EventSource { Component = _component, Host = _host },
            FirstTimestamp = now,
            LastTimestamp = now,
            Count = 1,
            ReportingComponent = _component,
            ReportingInstance = _host,
        };
        if (!_backlog.Writer.TryWrite(value))
            LogDropped(_log, reason, about.Name);
        if (_backlog.Reader.Count >= BacklogHurry)
            _hurry.TrySetResult();
    }

    /// <summary>Writes what is waiting, for at most two seconds.</summary>
    public async ValueTask DisposeAsync()
    {
        _backlog.Writer.TryComplete();
        _hurry.TrySetResult();
        _stop.CancelAfter(TimeSpan.FromSeconds(2));
        await _writer.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    // An event's name is the object's, a dot and some digits, and must stay a DNS subdomain of at most 253 characters.
    private static string NamePrefix(string name) => name.Length <= 220 ? name : name[..220].TrimEnd('.', '-');

    private async Task WriteAsync(CancellationToken ct)
    {
        while (await _backlog.Reader.WaitToReadAsync(ct).ConfigureAwait(false))
        {
            await LingerAsync(ct).ConfigureAwait(false);
            while (_backlog.Reader.TryRead(out var value))
            {
                try
                {
                    await WriteAsync(value, ct).ConfigureAwait(false);
                }
                catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
                {
                    // A namespace that is going away takes no more events; that is not worth a line.
                    if (e is not ApiException { IsForbidden: true } and not ApiException { IsNotFound: true })
                        LogFailed(_log, value.Reason, value.InvolvedObject.Name, e.Message);
                }
            }
        }
    }

    // Who tells an event does not write it.
    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task LingerAsync(CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var hurry = _hurry;
        await Task.WhenAny(Task.Delay(s_linger, _time, over.Token), hurry.Task).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        if (hurry.Task.IsCompleted)
            _hurry = NewSignal();
    }

    private async Task WriteAsync(Event value, CancellationToken ct)
    {
        if (_correlator.Place(value.InvolvedObject, value.Type, value.Reason, value.Message, value.LastTimestamp?.Value ?? _time.GetUtcNow()) is not { } placed)
            return;
        value = value with { Message = placed.Message.Length <= MessageMax ? placed.Message : placed.Message[..(MessageMax - 3)] + "..." };
        if (_series.Find(placed.Series) is { } known)
        {
            var patch = string.Create(CultureInfo.InvariantCulture, $"{{\"count\":{known.Count + 1},\"lastTimestamp\":\"{value.LastTimestamp}\",\"message\":\"{JsonEncodedText.Encode(value.Message)}\"}}");
            try
            {
                await _client.PatchAsync<Event>(known.Namespace, known.Name, Patch.Merge(patch), ct: ct).ConfigureAwait(false);
                _series.Set(placed.Series, known with { Count = known.Count + 1 });
                return;
            }
            catch (ApiException e) when (e.IsNotFound)
            {
                // It has expired or was deleted: tell it anew.
            }
        }

        var created = await _client.CreateAsync(value, ct: ct).ConfigureAwait(false);
        _series.Set(placed.Series, new Series(created.Metadata.Namespace, created.Metadata.Name, 1));
    }

    [LoggerMessage(2101, LogLevel.Warning, "The event {Reason} about {Name} was dropped: too many are waiting")]
    private static partial void LogDropped(ILogger log, string reason, string name);

    [LoggerMessage(2102, LogLevel.Warning, "The event {Reason} about {Name} could not be written: {Problem}")]
    private static partial void LogFailed(ILogger log, string reason, string name, string problem);

    private sealed record Series(string Namespace, string Name, int Count);
}
