using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Google.Protobuf;

namespace Berth.Node.Cri;

/// <summary>
/// gRPC over HTTP/2 on a Unix socket: unary calls and server streams, deadlines, status from trailers. Connects at the
/// first call and again after the peer was away; calls in flight then fail with <see cref="GrpcStatusCode.Unavailable"/>.
/// Safe for concurrent use.
/// </summary>
public sealed class GrpcChannel : IDisposable
{
    private static readonly MediaTypeHeaderValue _contentType = new("application/grpc");

    private readonly HttpMessageInvoker _http;
    private readonly TimeProvider _time;
    private readonly string _socketPath;

    /// <summary>Headers of each call.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public GrpcChannel(string socketPath, TimeProvider time)
    {
        _socketPath = socketPath;
        _time = time;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            EnableMultipleHttp2Connections = true, // a node's worth of streams may pass the peer's limit for one connection
            AutomaticDecompression = DecompressionMethods.None,
            UseProxy = false,
            // The receive window would otherwise be probed with pings, which gRPC servers count against a client.
            InitialHttp2StreamWindowSize = 1024 * 1024,
        });
    }

    /// <param name="method">Such as <c>/runtime.v1.RuntimeService/Version</c>.</param>
    /// <param name="deadline">Time from now after which the call fails; the peer is told as well. Null is none.</param>
    /// <exception cref="GrpcException">Anything but status OK with one message.</exception>
    public async Task<TResponse> UnaryAsync<TResponse>(
        string method, IMessage request, MessageParser<TResponse> parser, TimeSpan? deadline, CancellationToken cancellation)
        where TResponse : class, IMessage<TResponse>
    {
        using var timer = deadline is { } limit ? new CancellationTokenSource(limit, _time) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        try
        {
            using var response = await SendAsync(method, request, deadline, either.Token);
            await using var stream = await response.Content.ReadAsStreamAsync(either.Token);
            var message = await GrpcFraming.ReadAsync(stream, parser, either.Token);
            if (message is not null) await DrainAsync(stream, either.Token);
            ThrowUnlessOk(method, response);
            return message ?? throw new GrpcException(GrpcStatusCode.Internal, $"{method}: status OK without a message");
        }
        catch (Exception error) when (error is not GrpcException)
        {
            throw Translate(error, method, timer, cancellation);
        }
    }

    /// <summary>Messages as the peer sends them. Ends when the peer ends the stream with OK.</summary>
    /// <exception cref="GrpcException">The stream ended in any other way.</exception>
    public async IAsyncEnumerable<TResponse> ServerStreamAsync<TResponse>(
        string method, IMessage request, MessageParser<TResponse> parser, [EnumeratorCancellation] CancellationToken cancellation = default)
        where TResponse : class, IMessage<TResponse>
    {
        using var untimed = new CancellationTokenSource();
        HttpResponseMessage? response = null;
        try
        {
            Stream stream;
            try
            {
                response = await SendAsync(method, request, null, cancellation);
                stream = await response.Content.ReadAsStreamAsync(cancellation);
            }
            catch (Exception error) when (error is not GrpcException)
            {
                throw Translate(error, method, untimed, cancellation);
            }

            while (true)
            {
                TResponse? message;
                try
                {
                    message = await GrpcFraming.ReadAsync(stream, parser, cancellation);
                    if (message is null) ThrowUnlessOk(method, response);
                }
                catch (Exception error) when (error is not GrpcException)
                {
                    throw Translate(error, method, untimed, cancellation);
                }

                if (message is null) yield break;
                yield return message;
            }
        }
        finally
        {
            response?.Dispose();
        }
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socketPath), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string method, IMessage request, TimeSpan? deadline, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, "http://localhost" + method)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(GrpcFraming.Frame(request)) { Headers = { ContentType = _contentType } },
        };
        foreach (var (name, value) in Metadata) message.Headers.TryAddWithoutValidation(name, value);
        message.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        if (deadline is { } limit)
            message.Headers.TryAddWithoutValidation("grpc-timeout", TimeoutHeader(limit));
        var response = await _http.SendAsync(message, cancellation);
        if (response.StatusCode == HttpStatusCode.OK) return response;
        using (response)
            throw new GrpcException(GrpcStatusCode.Unknown, $"{method}: HTTP status {(int)response.StatusCode} from {_socketPath}; is it a gRPC socket?");
    }

    /// <summary>At most eight digits and a unit, by the protocol.</summary>
    internal static string TimeoutHeader(TimeSpan limit)
    {
        var milliseconds = Math.Max(1, (long)Math.Ceiling(limit.TotalMilliseconds));
        return milliseconds < 100_000_000
            ? milliseconds.ToString(CultureInfo.InvariantCulture) + "m"
            : Math.Min(99_999_999, milliseconds / 1000).ToString(CultureInfo.InvariantCulture) + "S";
    }

    // Trailers are only there once the body was read to its end.
    private static async ValueTask DrainAsync(Stream stream, CancellationToken cancellation)
    {
        var rest = new byte[1];
        if (await stream.ReadAsync(rest, cancellation) != 0)
            throw new GrpcException(GrpcStatusCode.Internal, "more than one message in answer to a unary call");
    }

    private static void ThrowUnlessOk(string method, HttpResponseMessage response)
    {
        // A refusal without any message puts the status into the headers.
        var source = response.TrailingHeaders.Contains("grpc-status") ? response.TrailingHeaders : response.Headers;
        var text = source.TryGetValues("grpc-status", out var statuses) ? statuses.First() : null;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            throw new GrpcException(GrpcStatusCode.Internal, $"{method}: answer without a grpc-status");
        if (code == 0) return;
        var detail = source.TryGetValues("grpc-message", out var messages) ? Uri.UnescapeDataString(messages.First()) : "";
        throw new GrpcException(Enum.IsDefined((GrpcStatusCode)code) ? (GrpcStatusCode)code : GrpcStatusCode.Unknown, detail);
    }

    private Exception Translate(Exception error, string method, CancellationTokenSource timer, CancellationToken cancellation) => error switch
    {
        OperationCanceledException when cancellation.IsCancellationRequested => new OperationCanceledException(error.Message, error, cancellation),
        OperationCanceledException when timer.IsCancellationRequested => new GrpcException(GrpcStatusCode.DeadlineExceeded, "context deadline exceeded", error),
        HttpRequestException { InnerException: SocketException socket } =>
            new GrpcException(GrpcStatusCode.Unavailable, $"connection error: {_socketPath}: {socket.Message}", error),
        InvalidProtocolBufferException => new GrpcException(GrpcStatusCode.Internal, $"{method}: {error.Message}", error), // is an IOException too
        HttpRequestException or IOException =>
            new GrpcException(GrpcStatusCode.Unavailable, $"{method}: connection to {_socketPath} lost: {error.Message}", error),
        _ => error,
    };
}
