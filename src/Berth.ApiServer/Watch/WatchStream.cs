using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Berth.Api;
using Berth.Api.Meta.V1;
using Berth.Api.Proto;
using Berth.Api.Schema;
using Berth.ApiServer.Http;
using Berth.ApiServer.Tables;
using Microsoft.AspNetCore.Http;

namespace Berth.ApiServer.Watch;

/// <summary>Frames watch events on one response: a line of JSON each, or a length and a protobuf WatchEvent.</summary>
internal sealed class WatchStream(ApiRequest request, KindInfo kind, ResponseFormat format)
{
    private readonly PipeWriter _output = request.Http.Response.BodyWriter;
    private readonly TableOptions _table = format.Shape == ResponseShape.Table ? TableOptions.Of(request) : TableOptions.Default;
    private bool _columnsSent;

    public async Task StartAsync()
    {
        var response = request.Http.Response;
        response.StatusCode = 200;
        response.ContentType = format.StreamContentType;
        response.Headers.CacheControl = "no-cache, private";
        foreach (var warning in request.Warnings)
            response.Headers.Append("Warning", ResponseWriter.Warning(warning));
        await response.StartAsync(request.Cancellation).ConfigureAwait(false);
        // The client waits for the headers: there may be no event for long.
        await _output.FlushAsync(request.Cancellation).ConfigureAwait(false);
    }

    /// <summary>Queues an event; <see cref="FlushAsync"/> sends it.</summary>
    public void Write(CacheEventType type, CachedObject value)
    {
        var name = type switch
        {
            CacheEventType.Added => "ADDED"u8,
            CacheEventType.Modified => "MODIFIED"u8,
            _ => "DELETED"u8,
        };
        switch (format.Shape)
        {
            case ResponseShape.Table:
                var table = TableResponse.Of(kind, [value], ListMeta.Empty with { ResourceVersion = value.Revision.ToString() }, _columnsSent ? _table with { NoHeaders = true } : _table);
                _columnsSent = true;
                WriteMessage(name, table);
                break;
            case ResponseShape.Metadata:
                WriteMessage(name, PartialObjectMetadata.Of(value.Value));
                break;
            default:
                if (format.Encoding == WireEncoding.Protobuf)
                    WriteProtobuf(name, ResponseWriter.Envelope(value.Kind.ApiVersion, value.Kind.Kind, value.Proto.Span));
                else
                    WriteJson(name, value.Json.Span);
                break;
        }
    }

    /// <summary>Tells how far the watch has come.</summary>
    /// <param name="initialEventsEnd">True for the one bookmark behind the initial events.</param>
    public void WriteBookmark(Berth.Store.Revision revision, bool initialEventsEnd)
    {
        var metadata = ObjectMeta.Empty with
        {
            ResourceVersion = revision.ToString(),
            Annotations = initialEventsEnd ? ApiMap.Of(("k8s.io/initial-events-end", "true")) : [],
        };
        switch (format.Shape)
        {
            case ResponseShape.Table:
                WriteMessage("BOOKMARK"u8, TableResponse.Bookmark(kind, metadata, _columnsSent ? _table with { NoHeaders = true } : _table));
                _columnsSent = true;
                break;
            case ResponseShape.Metadata:
                WriteMessage("BOOKMARK"u8, new PartialObjectMetadata { Metadata = metadata });
                break;
            default:
                WriteMessage("BOOKMARK"u8, kind.ReadJson("{}"u8, null).WithMetadata(metadata));
                break;
        }
    }

    public void WriteError(Status status) => WriteMessage("ERROR"u8, status);

    public ValueTask<FlushResult> FlushAsync() => _output.FlushAsync(request.Cancellation);

    private void WriteMessage(ReadOnlySpan<byte> type, IApiObject value)
    {
        if (format.Encoding == WireEncoding.Protobuf)
            WriteProtobuf(type, ApiProto.Serialize(value));
        else
            WriteJson(type, ApiJson.Serialize(value));
    }

    private void WriteJson(ReadOnlySpan<byte> type, ReadOnlySpan<byte> json)
    {
        _output.Write("{\"type\":\""u8);
        _output.Write(type);
        _output.Write("\",\"object\":"u8);
        _output.Write(json);
        _output.Write("}\n"u8);
    }

    private void WriteProtobuf(ReadOnlySpan<byte> type, ReadOnlySpan<byte> enveloped)
    {
        // WatchEvent: type = 1, object = 2 (RawExtension: raw = 1).
        var writer = new ProtoWriter(enveloped.Length + 64);
        try
        {
            var before = writer.Length;
            writer.Bytes(1, enveloped);
            writer.Nest(2, before);
            writer.Bytes(1, type);
            var frame = writer.Written;
            BinaryPrimitives.WriteInt32BigEndian(_output.GetSpan(4), frame.Length);
            _output.Advance(4);
            _output.Write(frame);
        }
        finally
        {
            writer.Dispose();
        }
    }
}
