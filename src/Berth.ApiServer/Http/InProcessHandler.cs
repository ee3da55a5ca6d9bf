using System.IO.Pipelines;
using System.Net;
using Berth.ApiServer.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Berth.ApiServer.Http;

/// <summary>
/// The transport of clients inside the server's process: requests go straight into the pipeline, as the user that the
/// handler was made for, and answers stream back through a pipe. Disposing a response, or cancelling the request, ends
/// what the server does for it.
/// </summary>
public sealed class InProcessHandler(RequestDelegate pipeline, UserInfo user) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var exchange = new InProcessExchange(request, new InProcessIdentity(user));
        if (request.Content is { } content)
        {
            // Bodies of clients in the process are in memory already.
            exchange.SetBody(await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), content);
        }

        var aborted = cancellationToken.Register(exchange.Abort);
        _ = RunAsync(exchange, aborted);
        try
        {
            return await exchange.Response.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            exchange.Abort();
            throw;
        }
    }

    private async Task RunAsync(InProcessExchange exchange, CancellationTokenRegistration aborted)
    {
        // Off the caller's stack: a watch must not run on the thread that asked for it.
        await Task.Yield();
        try
        {
            await pipeline(exchange.Http).ConfigureAwait(false);
            await exchange.CompleteAsync(null).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, it reaches the client: as the failure of its request or of its stream.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await exchange.CompleteAsync(e).ConfigureAwait(false);
        }
        finally
        {
            await aborted.DisposeAsync().ConfigureAwait(false);
        }
    }
}

/// <summary>One request and its answer on their way through <see cref="InProcessHandler"/>.</summary>
internal sealed class InProcessExchange : IHttpResponseFeature, IHttpResponseBodyFeature, IHttpRequestLifetimeFeature
{
    // What a reader may lag behind before the server waits for it.
    private const long PauseBytes = 1024 * 1024;

    private readonly Pipe _body = new(new PipeOptions(pauseWriterThreshold: PauseBytes, resumeWriterThreshold: PauseBytes / 2, useSynchronizationContext: false));
    private readonly TaskCompletionSource<HttpResponseMessage> _response = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _abort = new();
    private readonly List<(Func<object, Task> Callback, object State)> _starting = [];
    private readonly HttpRequestMessage _request;
    private Stream? _stream;
    private PipeWriter? _writer;

    public InProcessExchange(HttpRequestMessage request, InProcessIdentity identity)
    {
        _request = request;
        var features = new FeatureCollection();
        var incoming = new HttpRequestFeature
        {
            Method = request.Method.Method,
            Protocol = "HTTP/2",
            Scheme = "https",
            Path = Uri.UnescapeDataString(request.RequestUri!.AbsolutePath),
            QueryString = request.RequestUri.Query,
            RawTarget = request.RequestUri.PathAndQuery,
        };
        foreach (var (name, values) in request.Headers)
            incoming.Headers[name] = name == "User-Agent" ? string.Join(' ', values) : values.ToArray();
        features.Set<IHttpRequestFeature>(incoming);
        features.Set<IHttpResponseFeature>(this);
        features.Set<IHttpResponseBodyFeature>(this);
        features.Set<IHttpRequestLifetimeFeature>(this);
        features.Set(identity);
        Http = new DefaultHttpContext(features);
        RequestAborted = _abort.Token;
    }

    public DefaultHttpContext Http { get; }

    /// <summary>Completes with the headers; the body may still be on its way.</summary>
    public Task<HttpResponseMessage> Response => _response.Task;

    public int StatusCode { get; set; } = 200;

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    Stream IHttpResponseFeature.Body
    {
        get => Stream;
        set => throw new NotSupportedException("the body of an in-process answer is its pipe");
    }

    public bool HasStarted { get; private set; }

    public Stream Stream => _stream ??= Writer.AsStream(leaveOpen: true);

    public PipeWriter Writer => _writer ??= new StartingWriter(_body.Writer, this);

    public CancellationToken RequestAborted { get; set; }

    public void SetBody(Stream body, HttpContent content)
    {
        Http.Request.Body = body;
        foreach (var (name, values) in content.Headers)
            Http.Request.Headers[name] = values.ToArray();
    }

    public void OnStarting(Func<object, Task> callback, object state) => _starting.Add((callback, state));

    public void OnCompleted(Func<object, Task> callback, object state)
    {
    }

    public void Abort()
    {
        _abort.Cancel();
        _body.Writer.CancelPendingFlush();
    }

    public void DisableBuffering()
    {
    }

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (HasStarted)
            return;
        HasStarted = true;
        foreach (var (callback, state) in _starting)
            await callback(state).ConfigureAwait(false);
        var message = new HttpResponseMessage((HttpStatusCode)StatusCode)
        {
            RequestMessage = _request,
            Version = HttpVersion.Version20,
            Content = new StreamContent(new AbortingStream(_body.Reader.AsStream(), this)),
        };
        foreach (var (name, values) in Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
                message.Content.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }

        _response.TrySetResult(message);
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("the server sends no files");

    public async Task CompleteAsync() => await StartAsync().ConfigureAwait(false);

    /// <param name="failure">Null when the answer is complete.</param>
    public async Task CompleteAsync(Exception? failure)
    {
        if (!HasStarted && failure is not null)
            _response.TrySetException(failure);
        else
            await StartAsync().ConfigureAwait(false);
        await _body.Writer.CompleteAsync(failure ?? (_abort.IsCancellationRequested ? new IOException("the request was aborted") : null)).ConfigureAwait(false);
    }

    /// <summary>The first bytes that go out take the headers with them.</summary>
    private sealed class StartingWriter(PipeWriter inner, InProcessExchange exchange) : PipeWriter
    {
        public override void Advance(int bytes) => inner.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            await exchange.StartAsync(cancellationToken).ConfigureAwait(false);
            var result = await inner.FlushAsync(cancellationToken).ConfigureAwait(false);
            exchange.RequestAborted.ThrowIfCancellationRequested();
            return result;
        }
    }

    /// <summary>The reader's end. Who closes it early tells the server that nobody listens any more.</summary>
    private sealed class AbortingStream(Stream inner, InProcessExchange exchange) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            inner.ReadAsync(buffer, cancellationToken);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            inner.ReadAsync(buffer, offset, count, cancellationToken);

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                exchange.Abort();
                inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
