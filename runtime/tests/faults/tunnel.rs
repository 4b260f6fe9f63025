//! A proxy that lets everything through to one place.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::script::read;

pub(crate) struct Tunnel {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Tunnel {
    /// A proxy of HTTP or of SOCKS.
    pub(crate) async fn start(target: SocketAddr, is_socks: bool) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a port is free");
        let address = listener.local_addr().expect("the listener is bound");
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let record = seen.clone();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let asked = if is_socks {
                    socks(&mut near).await
                } else {
                    connect(&mut near).await
                };
                let mut seen = record.lock().unwrap_or_else(PoisonError::into_inner);
                seen.push(asked.unwrap_or_else(|error| error.to_string()));
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(target).await?;
                    tokio::io::copy_bidirectional(&mut near, &mut far).await
                });
            }
        });
        Self { address, seen }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What was asked for, of HTTP as it came, of SOCKS as name, password and host.
    pub(crate) fn seen(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.clone()
    }
}

async fn connect(near: &mut TcpStream) -> io::Result<String> {
    let asked = read(near, &mut Vec::new()).await;
    near.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await?;
    asked.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

/// Follows RFC 1928, and RFC 1929 for the name and the password.
async fn socks(near: &mut TcpStream) -> io::Result<String> {
    let mut greeting = [0; 2];
    near.read_exact(&mut greeting).await?;
    near.read_exact(&mut vec![0; usize::from(greeting[1])])
        .await?;
    near.write_all(&[5, 2]).await?;
    let version = near.read_u8().await?;
    let (name, password) = (text(near).await?, text(near).await?);
    near.write_all(&[version, 0]).await?;
    near.read_exact(&mut [0; 4]).await?;
    let host = text(near).await?;
    near.read_u16().await?;
    near.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    Ok(format!("{name} {password} {host}"))
}

/// Reads text after its length.
async fn text(near: &mut TcpStream) -> io::Result<String> {
    let length = near.read_u8().await?;
    let mut bytes = vec![0; usize::from(length)];
    near.read_exact(&mut bytes).await?;
    String::from_utf8(bytes).map_err(io::Error::other)
}
