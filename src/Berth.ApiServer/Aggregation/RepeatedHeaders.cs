using System.Text;

namespace Berth.ApiServer.Aggregation;

/// <summary>
/// Headers that are sent once for each of their values. The HTTP client joins values of one header by commas, which servers
/// in Go do not take apart: a user of two groups would be in one with an odd name. So each value travels under a name of its
/// own, and this stream gives it its right name when the request is written. One request a connection.
/// </summary>
internal sealed class RepeatedHeaders(Stream inner) : Stream
{
    private const string Marker = "X-Berth-Repeated-";

    // Larger heads are refused by any server that they go to.
    private const int HeadBytesMax = 1024 * 1024;

    private MemoryStream? _head = new();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Adds one more value of a header.</summary>
    /// <param name="index">Differs among all values of the request.</param>
    public static void Add(HttpRequestMessage request, int index, string name, string value) =>
        request.Headers.TryAddWithoutValidation($"{Marker}{index}-{name}", value);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_head is null)
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        else if (Take(buffer.Span) is { } whole)
            await inner.WriteAsync(whole, cancellationToken).ConfigureAwait(false);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (_head is null)
            inner.Write(buffer, offset, count);
        else if (Take(buffer.AsSpan(offset, count)) is { } whole)
            inner.Write(whole);
    }

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => inner.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.ReadAsync(buffer, offset, count, cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Keeps what is written until the head of the request is whole; then gives it back with its right names, and what came behind it.</summary>
    private byte[]? Take(ReadOnlySpan<byte> written)
    {
        _head!.Write(written);
        if (_head.Length > HeadBytesMax)
            throw new IOException("the head of the request is too large");
        var all = _head.GetBuffer().AsSpan(0, (int)_head.Length);
        var end = all.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return null;
        var lines = Encoding.Latin1.GetString(all[..end]).Split("\r\n");
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].StartsWith(Marker, StringComparison.OrdinalIgnoreCase))
                lines[i] = lines[i][(lines[i].IndexOf('-', Marker.Length) + 1)..];
        }

        byte[] whole = [.. Encoding.Latin1.GetBytes(string.Join("\r\n", lines)), .. all[end..]];
        _head = null;
        return whole;
    }
}
